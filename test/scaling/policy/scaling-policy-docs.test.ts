import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { scalingDocument } from '../../../src/scaling/policy/scaling-document.ts';
import { capacityDocument, poolDocument } from '../../../src/scaling/policy/scaling-document-capacity.ts';
import { metricKinds } from '../../../src/scaling/policy/scaling-document-metrics.ts';
import { serviceDocument } from '../../../src/scaling/policy/scaling-document-services.ts';
import { simulationDocument } from '../../../src/scaling/policy/scaling-document-simulation.ts';
import { accepted } from './read-policy.ts';

const text = readFileSync(new URL('../../../docs/scaling-policy.md', import.meta.url), 'utf8');
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** What each excerpt is shown without. */
const base = { version: 1, cluster: 'shop', services: { web: { maximum: 5, cpu: { target: 60 } } } };

describe('the documentation of scaling policies', () => {
  it.each(blocks)('shows a policy that is right:\n%s', (block) => {
    expect(accepted(stringify({ ...base, ...parse(block) })).policy.version).toBe(1);
  });

  it('names every key', () => {
    const keys = [
      scalingDocument,
      serviceDocument,
      capacityDocument,
      poolDocument,
      simulationDocument,
    ].flatMap(({ shape }) => Object.keys(shape));
    const missing = [...keys, ...metricKinds].filter((key) => !text.includes(`\`${key}`));
    expect(missing).toEqual([]);
    expect(blocks.length).toBeGreaterThan(4);
  });
});
