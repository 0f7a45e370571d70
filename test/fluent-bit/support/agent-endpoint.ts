import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KnownContainer {
  readonly id: string;
  readonly family: string;
  readonly container: string;
}

/** What ECS's agent answers about itself and its tasks on an instance, on a port of 127.0.0.1. */
export const startAgentEndpoint = async (
  known: readonly KnownContainer[],
): Promise<{ readonly port: number; close(): void }> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://agent');
    const id = url.searchParams.get('dockerid') ?? '';
    const found = known.find((container) => container.id.startsWith(id));
    const answer = url.pathname === '/v1/metadata' ? agent : found && taskOf(found);
    if (answer === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const agent = {
  Cluster: 'shop',
  ContainerInstanceArn: 'arn:aws:ecs:eu-central-1:123456789012:container-instance/shop/0123456789abcdef',
  Version: 'Amazon ECS Agent - v1.90.0 (12345678)',
};

const taskOf = ({ id, family, container }: KnownContainer) => ({
  Arn: `arn:aws:ecs:eu-central-1:123456789012:task/shop/${id.slice(0, 32)}`,
  DesiredStatus: 'RUNNING',
  KnownStatus: 'RUNNING',
  Family: family,
  Version: '7',
  Containers: [{ DockerId: id, DockerName: `ecs-${family}-7-${container}-aaaa`, Name: container }],
});
