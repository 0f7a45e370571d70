import {
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { Elbv2Balancer } from '../../../src/platform/aws/elbv2-balancer.ts';
import type { CallBucket } from '../../../src/platform/ports/call-pace.ts';
import { awsError } from './support/simulated-ecs.ts';

const open = () => {
  const client = new ElasticLoadBalancingV2Client({ region: 'us-east-1' });
  const paid: string[] = [];
  const pace = { pay: async (bucket: CallBucket) => void paid.push(bucket), throttled: () => undefined };
  return { elb: mockClient(client), balancer: new Elbv2Balancer(client, pace), paid };
};
const notThere = awsError('TargetGroupNotFoundException', 'Target groups not found');

describe('a balancer on ELBv2', () => {
  it('always gives the port', async () => {
    const { elb, balancer } = open();
    const targets = [
      { id: 'i-1', port: 32_768 },
      { id: 'i-1', port: 32_769 },
    ];
    await balancer.deregister('g', targets);
    await balancer.register('g', targets);
    const expected = {
      TargetGroupArn: 'g',
      Targets: [
        { Id: 'i-1', Port: 32_768 },
        { Id: 'i-1', Port: 32_769 },
      ],
    };
    expect(elb.commandCalls(DeregisterTargetsCommand).map(({ args }) => args[0].input)).toEqual([expected]);
    expect(elb.commandCalls(RegisterTargetsCommand).map(({ args }) => args[0].input)).toEqual([expected]);
  });

  it('makes no call about no target', async () => {
    const { elb, balancer } = open();
    await balancer.deregister('g', []);
    await balancer.register('g', []);
    expect(await balancer.describeGroups([])).toEqual([]);
    expect(elb.calls()).toHaveLength(0);
  });

  it('reads every state, and takes one that is new for one in which requests may come', async () => {
    const { elb, balancer } = open();
    const states = ['draining', 'unhealthy.draining', 'unused', 'healthy', 'invented'];
    elb.on(DescribeTargetHealthCommand).resolves({
      TargetHealthDescriptions: states.map((State, index) => ({
        Target: { Id: 'i-1', Port: index + 1 },
        TargetHealth: { State: State as 'draining' },
      })),
    });
    const health = await balancer.health('g');
    expect(health.map(({ state }) => state)).toEqual([
      'draining',
      'unhealthy.draining',
      'unused',
      'healthy',
      'unavailable',
    ]);
  });

  it('describes the groups that are there when one is not', async () => {
    const { elb, balancer, paid } = open();
    elb.on(DescribeTargetGroupsCommand).rejects(notThere);
    elb.on(DescribeTargetGroupsCommand, { TargetGroupArns: ['b'] }).resolves({
      TargetGroups: [{ TargetGroupArn: 'b', TargetType: 'ip', LoadBalancerArns: [] }],
    });
    elb.on(DescribeTargetGroupAttributesCommand).resolves({
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }],
    });
    expect(await balancer.describeGroups(['a', 'b'])).toEqual([
      { group: 'b', targetType: 'ip', deregistrationDelaySeconds: 20, isInUse: false },
    ]);
    // The caller has paid for the first of four.
    expect(elb.calls()).toHaveLength(4);
    expect(paid).toEqual(['balancerAny', 'balancerAny', 'balancerAny']);
  });

  it('has nothing registered in a group that is not there, and refuses to register with it', async () => {
    const { elb, balancer } = open();
    elb.onAnyCommand().rejects(notThere);
    expect(await balancer.health('g')).toEqual([]);
    await expect(balancer.deregister('g', [{ id: 'i-1', port: 1 }])).resolves.toBeUndefined();
    await expect(balancer.register('g', [{ id: 'i-1', port: 1 }])).rejects.toMatchObject({
      name: 'BalancerRefused',
    });
  });

  it.each([
    ['CallThrottled', awsError('Throttling', 'Rate exceeded')],
    ['BalancerUnavailable', awsError('RequestTimeout', 'too slow')],
    ['BalancerRefused', awsError('InvalidTargetException', 'not in the VPC')],
  ])('throws %s for what AWS answers', async (name, error) => {
    const { elb, balancer } = open();
    elb.onAnyCommand().rejects(error);
    await expect(balancer.deregister('g', [{ id: 'i-1', port: 1 }])).rejects.toMatchObject({ name });
    await expect(balancer.health('g')).rejects.toMatchObject({ name });
  });
});
