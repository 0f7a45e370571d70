from random import randint

from locust import FastHttpUser, task


class Visitor(FastHttpUser):
    @task
    def visit(self):
        body = {"user": f"user-{randint(1, 1000)}", "plan": "basic"}
        with self.client.post("/sessions", json=body, name="POST /sessions", catch_response=True) as session:
            if session.status_code != 201:
                session.failure(f"status {session.status_code}")
                return
            token = session.json()["token"]
        listed = self.client.get(f"/products?page={randint(1, 20)}", name="GET /products")
        product = listed.json()["items"][2]["id"]
        headers = {"authorization": f"Bearer {token}"}
        with self.client.get(
            f"/products/{product}", headers=headers, name="GET /products/:id", catch_response=True
        ) as seen:
            if seen.json()["available"] is not True:
                seen.failure("not available")
        with self.client.put(
            f"/cart/{product}", headers=headers, name="PUT /cart/:id", catch_response=True
        ) as put:
            if "accepted" not in put.text:
                put.failure("not accepted")
