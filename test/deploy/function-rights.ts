import { type BuildOptions, build } from 'esbuild';
import { listOf, type Statement } from './check-policies.ts';
import { at, packagedTemplate, unfolded } from './packaged-template.ts';

/** By a method of a port, as its call is written: what AWS is asked for then. */
export type Rights = Readonly<Record<string, readonly string[]>>;

const options: BuildOptions = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  treeShaking: true,
  packages: 'external',
  plugins: [
    {
      name: 'without-platform',
      setup: ({ onResolve }) =>
        onResolve({ filter: /platform\/(aws|haproxy)\// }, ({ path }) => ({ path, external: true })),
    },
  ],
};

/** What a function's own code asks of its ports, and which documents it names: what nobody calls was shaken off. */
export const neededBy = async (handler: string, rights: Rights): Promise<readonly string[]> => {
  const { outputFiles = [] } = await build({ ...options, entryPoints: [`functions/${handler}.ts`] });
  const code = outputFiles[0]?.text ?? '';
  const called = Object.entries(rights)
    .filter(([method]) => new RegExp(`\\.${method}\\(`).test(code))
    .flatMap(([, needed]) => needed);
  const eitherWay = /balancer\[/.test(code)
    ? ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets']
    : [];
  const documents = [...code.matchAll(/["'`]((?:state|decisions|config|tables)\/\w+\/)/g)].map(
    ([, prefix]) => prefix ?? '',
  );
  return [...new Set([...called, ...eitherWay, ...documents])].sort();
};

/** What the role of a function allows: calls, and folders of documents. */
export const allowedTo = (logicalName: string): readonly string[] => {
  const template = packagedTemplate();
  const role = template.Resources[`${logicalName}IamRoleLambdaExecution`]?.Properties;
  const [policy] = (role?.Policies ?? []) as readonly unknown[];
  return unfolded<Statement>(at(policy, 'PolicyDocument', 'Statement') as readonly unknown[]).flatMap(
    ({ Action, Resource }) => [
      ...listOf(Action ?? ''),
      ...[...JSON.stringify(Resource).matchAll(/\/((?:state|decisions|config|tables)\/\w+\/)/g)].map(
        ([, prefix]) => prefix ?? '',
      ),
    ],
  );
};
