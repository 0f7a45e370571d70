import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';

/*
 * The least that a client on Node can do: sockets that write a ready request whenever they have read something.
 * Nothing is parsed, timed, recorded or limited. What a generator on Node spends beyond this is its own.
 */

const [url = '', connections = '', seconds = ''] = process.argv.slice(2);
const { protocol, host, hostname, port, pathname } = new URL(url);
const request = `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: bare\r\naccept: */*\r\n\r\n`;
const sockets = [];
let requests = 0;

const options = {
  host: hostname,
  port: Number(port),
  rejectUnauthorized: false,
  ALPNProtocols: ['http/1.1'],
};
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

for (let i = 0; i < Number(connections); i++) {
  const onread = {
    buffer,
    callback: () => {
      requests++;
      socket.write(request, 'latin1');
      return true;
    },
  };
  const secure = protocol === 'https:';
  const socket = secure ? connectSecure({ ...options, onread }) : connectPlain({ ...options, onread });
  socket.setNoDelay(true);
  socket.on(secure ? 'secureConnect' : 'connect', () => socket.write(request, 'latin1'));
  sockets.push(socket);
}

setTimeout(() => {
  console.log(`${requests} requests`);
  for (const socket of sockets) socket.destroy();
}, Number(seconds) * 1000);
