import { formatTemplate, parseTemplate } from '../plan/template.ts';
import { carryBody } from './carry-body.ts';
import type { CurlOption } from './curl-options.ts';
import { templateTexts } from './literal.ts';
import type { WrittenBody, WrittenPart } from './written-request.ts';

export interface CurlBody {
  readonly body: WrittenBody;
  /** What curl says the body is when no header does; undefined where the body says it itself. */
  readonly contentType?: string;
  /** What a step sends as its content type when it says none. */
  readonly defaultType?: string;
}

interface BodySource {
  readonly options: readonly CurlOption[];
  /** The `content-type` header given, if any. */
  readonly contentType: string | undefined;
  /** What the command reads from a here-document. */
  readonly input: string | undefined;
  leave(what: string): void;
}

const formType = 'application/x-www-form-urlencoded';

const encoded = (template: string): string =>
  formatTemplate(
    parseTemplate(template).map((part) =>
      part.kind === 'text' ? { ...part, text: encodeURIComponent(part.text.toWellFormed()) } : part,
    ),
  );

/** `content`, `=content` or `name=content`; undefined for the forms that read a file. */
export const urlEncoded = (value: string): string | undefined => {
  const at = value.indexOf('=');
  if (at < 0) return value.includes('@') ? undefined : encoded(value);
  return at === 0 ? encoded(value.slice(1)) : `${value.slice(0, at)}=${encoded(value.slice(at + 1))}`;
};

const dataNames = ['data', 'data-raw', 'data-binary', 'data-urlencode', 'json'];

const readsFile = ({ name, value }: CurlOption): boolean =>
  value.startsWith('@') && (name === 'data' || name === 'data-binary' || name === 'json');

/** The pieces of `-d` and its kin, in order; those that can't be known are left out. */
const dataPieces = (data: readonly CurlOption[], { input, leave }: BodySource): readonly string[] =>
  data.flatMap((option): string[] => {
    const { name, value } = option;
    if (readsFile(option)) {
      if (value === '@-' && input !== undefined)
        return [name === 'data' ? input.replace(/[\r\n]/g, '') : input];
      leave(`--${name} ${value}: the content of the file as a part of the body`);
      return [];
    }
    if (name !== 'data-urlencode') return [value];
    const piece = urlEncoded(value);
    if (piece === undefined) leave(`--data-urlencode ${value}: the content of the file`);
    return piece === undefined ? [] : [piece];
  });

/** The text that `-d` and its kin make together, or undefined without any. */
export const curlData = (source: BodySource): string | undefined => {
  const data = source.options.filter(({ name }) => dataNames.includes(name));
  if (data.length === 0) return undefined;
  const pieces = dataPieces(data, source);
  return data.every(({ name }) => name === 'json') ? pieces.join('') : pieces.join('&');
};

const partOf = (value: string, name: string, { leave }: BodySource): WrittenPart | undefined => {
  if (!value.startsWith('@')) {
    if (!value.startsWith('<')) return value.replace(/;type=[^;]*$/, '');
    leave(`--form ${name}=${value}: the content of the file as a text`);
    return undefined;
  }
  const [file = '', ...settings] = value.slice(1).split(';');
  const setting = (key: string): string | undefined =>
    settings.find((text) => text.trim().startsWith(`${key}=`))?.replace(/^[^=]*=/, '');
  const [shown, type] = [setting('filename'), setting('type')];
  const unquote = (text: string): string => text.replace(/^"(.*)"$/, '$1');
  return {
    file: unquote(file),
    ...(shown === undefined ? {} : { name: unquote(shown) }),
    ...(type === undefined ? {} : { type: unquote(type) }),
  };
};

const formBody = (form: readonly CurlOption[], source: BodySource): CurlBody => {
  const parts = new Map<string, WrittenPart>();
  for (const { name, value } of form) {
    const at = value.indexOf('=');
    const field = value.slice(0, Math.max(0, at));
    const content = value.slice(at + 1);
    const part = name === 'form-string' ? content : partOf(content, field, source);
    if (field === '') source.leave(`--${name} ${value}: a field without a name`);
    else if (parts.has(field)) source.leave(`--${name} ${value}: a second field called ${field}`);
    else if (part !== undefined) parts.set(field, part);
  }
  return { body: { multipart: Object.fromEntries(parts) } };
};

/** The body that the options of one request give it. */
export const curlBody = (source: BodySource): CurlBody | undefined => {
  const { options, leave } = source;
  const upload = options.find(({ name }) => name === 'upload-file');
  const form = options.filter(({ name }) => name === 'form' || name === 'form-string');
  const data = options.filter(({ name }) => dataNames.includes(name));
  if (upload !== undefined) {
    if (upload.value !== '-' && upload.value !== '.')
      return { body: { upload: upload.value }, defaultType: 'application/octet-stream' };
    leave('--upload-file -: what it would read');
    return undefined;
  }
  if (form.length > 0) return formBody(form, source);
  const [first, ...others] = data;
  if (first === undefined) return undefined;
  const curlType = data.some(({ name }) => name === 'json') ? 'application/json' : formType;
  if (others.length === 0 && readsFile(first) && first.value !== '@-') {
    if (first.name === 'data') leave(`--data ${first.value}: line breaks stay in; curl takes them out`);
    return {
      body: { upload: first.value.slice(1) },
      contentType: curlType,
      defaultType: 'application/octet-stream',
    };
  }
  const text = curlData(source) ?? '';
  return { ...carryBody(text, source.contentType ?? curlType, templateTexts), contentType: curlType };
};
