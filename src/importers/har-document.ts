import * as z from 'zod';

/*
 * What is read of a HAR file (http://www.softwareishard.com/blog/har-12-spec/). Recorders differ in what they leave
 * out, so little is required; members that begin with _ are of one recorder only.
 */

const pair = z.object({ name: z.string(), value: z.string().catch('') });
const pairs = z.array(pair).catch([]);

const parameter = z.object({
  name: z.string(),
  value: z.string().optional().catch(undefined),
  fileName: z.string().optional().catch(undefined),
});

const postData = z.object({
  mimeType: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  params: z.array(parameter).optional().catch(undefined),
});

const entry = z.object({
  startedDateTime: z.string().optional().catch(undefined),
  /** Milliseconds. */
  time: z.number().optional().catch(undefined),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: pairs,
    cookies: pairs,
    httpVersion: z.string().optional().catch(undefined),
    postData: postData.nullish().catch(undefined),
    bodySize: z.number().optional().catch(undefined),
  }),
  response: z
    .object({
      status: z.number().catch(0),
      cookies: pairs,
      headers: pairs,
      content: z.object({ mimeType: z.string().catch('') }).catch({ mimeType: '' }),
      httpVersion: z.string().optional().catch(undefined),
    })
    .catch({ status: 0, cookies: [], headers: [], content: { mimeType: '' }, httpVersion: undefined }),
  _resourceType: z.string().optional().catch(undefined),
  _fromCache: z.string().optional().catch(undefined),
  _webSocketMessages: z.unknown().optional(),
});

export const harDocument = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

export type HarEntry = z.output<typeof entry>;

export const harEntry = entry;
