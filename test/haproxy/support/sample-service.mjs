// A service that answers after a few milliseconds, one in ten after 400, and tells how many it answered and has in flight.
// At SIGTERM it exits at once, or goes on serving for so many milliseconds as it is told.
import { createServer } from 'node:http';

const serveOnMillis = Number(process.argv[2] ?? 0);
let answered = 0;
let taken = 0;
const server = createServer((request, response) => {
  if (request.url === '/state') {
    response.end(JSON.stringify({ answered, inFlight: taken - answered }));
    return;
  }
  taken++;
  setTimeout(
    () => {
      answered++;
      response.end('ok');
    },
    taken % 10 === 0 ? 400 : 5,
  );
});
process.on('SIGTERM', () => {
  if (serveOnMillis === 0) process.exit(0);
  setTimeout(() => process.exit(0), serveOnMillis);
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
