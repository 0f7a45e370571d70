from locust import FastHttpUser, constant_throughput, task


class Visitor(FastHttpUser):
    wait_time = constant_throughput(10)

    @task
    def visit(self):
        self.client.get("/")
