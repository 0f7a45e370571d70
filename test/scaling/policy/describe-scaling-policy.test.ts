import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeScalingPolicy } from '../../../src/scaling/policy/describe-scaling-policy.ts';
import { type AcceptedPolicy, accepted } from './read-policy.ts';

const example = (name: string): AcceptedPolicy['policy'] =>
  accepted(readFileSync(new URL(`../../../examples/scaling/${name}.yaml`, import.meta.url), 'utf8')).policy;

describe('the description of a policy', () => {
  it('says when tasks are added and removed', () => {
    expect(describeScalingPolicy(example('three-lines'))).toEqual([
      'shop: decided every 1m',
      'web: 1 to 10 tasks',
      '  CPU above 30% adds 1; below 15% removes 1 after 3 readings in a row',
      '  out: 1m after the last change',
      '  in: 5m after the last change, the most cautious of 5m counts; nothing on readings older than 5m',
    ]);
  });

  it('says targets, limits and floors', () => {
    expect(describeScalingPolicy(example('fargate-service'))).toEqual([
      'shop: decided every 1m',
      'web: 2 to 40 tasks',
      '  CPU near 60% a task, give or take 10%',
      '  requests of a target of web near 20/s a task, give or take 10%',
      '  out: 1m after the last change, at most 4 tasks or 100%, whichever is more, in one step',
      '  in: 5m after the last change, the most cautious of 10m counts, at most 25% in one step; nothing on readings older than 5m',
      '  at least 10 tasks for 2h from each 45 7 * * 1-5 (Europe/Berlin)',
    ]);
  });

  it('says what launches instances, and when', () => {
    expect(describeScalingPolicy(example('spot-cluster')).slice(1, 6)).toEqual([
      'instances: 3 to 50',
      '  on-demand: Auto Scaling group shop-on-demand, 1 to 10 instances, 20% of what is launched: m6i.large',
      '  spot: Spot Fleet sfr-73fbd2ce-aa30-494c-8788-1cee4a2b9c0d, 0 to 40 instances, 80% of what is launched: m6i.large, m6i.xlarge',
      '  out: when more than 80% of CPU is reserved, more than 80% of memory is reserved, a task finds no room for 1m or there is no room for 2 tasks of 512 CPU and 1,024 MiB; not waited for longer than 5m',
      '  in: an instance that was unneeded for 10m, 10m after the last addition, at most 3 at once, when reservation stays 10% below its thresholds',
    ]);
  });

  it('says that it is paused, or a dry run', () => {
    const policy = example('three-lines');
    const [paused] = describeScalingPolicy({ ...policy, paused: true });
    const [dryRun] = describeScalingPolicy({ ...policy, dryRun: true });
    expect(paused).toBe('shop: decided every 1m, paused: nothing is decided');
    expect(dryRun).toBe('shop: decided every 1m, dry run: nothing is carried out');
  });
});
