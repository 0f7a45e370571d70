export interface NginxConfig {
  readonly folder: string;
  readonly ports: { readonly http: number; readonly https: number; readonly status: number };
  /** The master of root's nginx would give its worker away to a user who can't read the folder. */
  readonly user: string | undefined;
  readonly connections: number;
}

/** One worker process that answers `/` with 12 bytes and `/10k` with 10 KB, over HTTP and HTTPS, and keeps connections. */
export const nginxConfig = ({ folder, ports, user, connections }: NginxConfig): string => `
daemon off;
worker_processes 1;
${user === undefined ? '' : `user ${user};`}
worker_rlimit_nofile ${2 * connections};
pid ${folder}/nginx.pid;
error_log ${folder}/error.log error;
events { worker_connections ${connections}; }
http {
  access_log off;
  default_type text/plain;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  open_file_cache max=16 inactive=1h;
  sendfile on;
  tcp_nopush on;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`).join('\n')}
  server {
    listen 127.0.0.1:${ports.http} backlog=4096;
    listen 127.0.0.1:${ports.https} ssl http2 backlog=4096;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${folder};
    location = / { return 200 "hello world\\n"; }
  }
  server {
    listen 127.0.0.1:${ports.status};
    location = /status { stub_status; }
  }
}
`;

export interface NginxStatus {
  /** Including the one that asked. */
  readonly requests: number;
  readonly connections: number;
}

/** What nginx's stub_status says: https://nginx.org/en/docs/http/ngx_http_stub_status_module.html. */
export const parseNginxStatus = (text: string): NginxStatus | undefined => {
  const connections = /Active connections: (\d+)/.exec(text)?.[1];
  const requests = /^\s*\d+ \d+ (\d+)/m.exec(text)?.[1];
  return connections === undefined || requests === undefined
    ? undefined
    : { requests: Number(requests), connections: Number(connections) };
};
