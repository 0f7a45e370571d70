import { describe, expect, it } from 'vitest';
import { parseStepInput } from '../../../src/drain/coordinator/parse-step-input.ts';

describe('parseStepInput', () => {
  it('reads what the state machine hands over', () => {
    expect(parseStepInput({ cluster: 'web', generation: 3 })).toEqual({ cluster: 'web', generation: 3 });
  });

  it.each([
    ['nothing', undefined],
    ['no cluster', { generation: 3 }],
    ['an empty cluster', { cluster: '', generation: 3 }],
    ['a generation before the first', { cluster: 'web', generation: 0 }],
    ['a generation that is no number', { cluster: 'web', generation: '3' }],
  ])('refuses %s, naming it', (_, input) => {
    expect(() => parseStepInput(input)).toThrow(
      expect.objectContaining({ name: 'DocumentInvalid', message: expect.stringContaining("step's input") }),
    );
  });
});
