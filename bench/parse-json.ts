import type { z } from 'zod';

/** Undefined when the text is not JSON, or not of this shape. What comes before its first bracket is skipped. */
export const parseJson = <Shape>(text: string, shape: z.ZodType<Shape>): Shape | undefined => {
  const start = text.search(/[[{]/);
  if (start === -1) return undefined;
  try {
    return shape.safeParse(JSON.parse(text.slice(start))).data;
  } catch {
    return undefined;
  }
};
