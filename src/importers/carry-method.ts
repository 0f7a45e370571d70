const methodKeys = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
export type MethodKey = (typeof methodKeys)[number];

/** The key of a step with this method; undefined for methods that a plan doesn't have. */
export const carryMethod = (method: string): MethodKey | undefined =>
  methodKeys.find((key) => key === method.toLowerCase());
