import { mapTexts, type TextReading } from './literal.ts';
import type { WrittenBody } from './written-request.ts';

/** A JSON text in the spelling of `JSON.stringify`, with its keys and numbers untouched. */
const respelled = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (piece) =>
    piece.startsWith('"') ? JSON.stringify(JSON.parse(piece)) : '',
  );

/** The value of a JSON text, if sending the value sends the same: no number too long, no key twice. */
const faithfulJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === respelled(text) && !text.includes('__proto__') ? { value } : undefined;
  } catch {
    return undefined;
  }
};

/** The fields of a form, if each has a name of its own. */
const formFields = (text: string, reading: TextReading): Readonly<Record<string, string>> | undefined => {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    if (at < 1) return undefined;
    try {
      const name = reading.formField(pair.slice(0, at));
      if (fields.has(name)) return undefined;
      fields.set(name, reading.formField(pair.slice(at + 1)));
    } catch {
      return undefined;
    }
  }
  return fields.has('__proto__') ? undefined : Object.fromEntries(fields);
};

const mediaType = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

/**
 * How a recorded body is written in a plan: as `json` or `form` when the plan then sends the same, as text otherwise.
 * `defaultType` is what a step sends as its content type when it says none.
 */
export const carryBody = (
  text: string,
  contentType: string | undefined,
  reading: TextReading,
): { readonly body: WrittenBody; readonly defaultType: string } => {
  const type = mediaType(contentType ?? '');
  if (/[/+]json$/.test(type)) {
    const json = faithfulJson(text);
    if (json !== undefined)
      return { body: { json: mapTexts(json.value, reading.asTemplate) }, defaultType: 'application/json' };
  }
  if (type === 'application/x-www-form-urlencoded') {
    const form = formFields(text, reading);
    if (form !== undefined) return { body: { form }, defaultType: type };
  }
  return { body: { body: reading.asTemplate(text) }, defaultType: 'text/plain; charset=utf-8' };
};
