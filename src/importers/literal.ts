import { formatTemplate, parseTemplate } from '../plan/template.ts';

/** The template that gives exactly this text, whatever braces are in it. */
export const literal = (text: string): string => formatTemplate(text === '' ? [] : [{ kind: 'text', text }]);

/** A path or URL as a plan wants it: spaces encoded, and no fragment, which nobody sends. */
export const urlTemplate = (template: string): string => {
  const parts = parseTemplate(template);
  const end = parts.findIndex((part) => part.kind === 'text' && part.text.includes('#'));
  const sent = end < 0 ? parts : parts.slice(0, end + 1);
  return formatTemplate(
    sent.map((part, index) => {
      if (part.kind !== 'text') return part;
      const text = index === end ? part.text.slice(0, part.text.indexOf('#')) : part.text;
      return { ...part, text: text.replace(/\s/g, encodeURIComponent) };
    }),
  );
};

/** A JSON value with every text in it, keys included, passed through. */
export const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change)]),
  );
};

/** How texts of a source become templates. */
export interface TextReading {
  asTemplate(text: string): string;
  /** The same for a field of a form, which is percent-encoded. Throws URIError when it isn't well-formed. */
  formField(text: string): string;
}

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Texts of a recording, in which braces are only braces. */
export const recordedTexts: TextReading = {
  asTemplate: literal,
  formField: (text) => literal(decoded(text)),
};

/** Texts that are templates already. */
export const templateTexts: TextReading = {
  asTemplate: (text) => text,
  formField: (text) =>
    formatTemplate(
      parseTemplate(text).map((part) =>
        part.kind === 'text' ? { ...part, text: decoded(part.text) } : part,
      ),
    ),
};
