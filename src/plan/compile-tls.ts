import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import type { FileCompiler } from './compile-files.ts';
import { tlsDocument } from './document-settings.ts';
import type { FileReference, TlsSettings } from './plan.ts';

/** The first certificate of a PEM file; undefined when there is none that can be read. */
const certificateOf = (text: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
};

/** The private key of a PEM file, or what was expected instead. */
const keyOf = (text: string): KeyObject | string => {
  // PKCS #8 says it in the label (RFC 7468, 11), the older form in a header (RFC 1421, 4.6.1.1).
  if (/BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text)) return 'a private key without a passphrase';
  try {
    return createPrivateKey(text);
  } catch {
    return 'a private key that can be read';
  }
};

interface PemFile {
  readonly reference: FileReference;
  readonly text: string;
  readonly path: DocumentPath;
}

const contents = { ca: 'certificates', cert: 'a certificate', key: 'a private key' } as const;

const checkPair = (cert: PemFile | undefined, key: PemFile | undefined, report: Report): void => {
  const certificate = cert === undefined ? undefined : certificateOf(cert.text);
  if (cert !== undefined && certificate === undefined)
    report({ path: cert.path, expected: 'a certificate that can be read' });
  if (key === undefined) return;
  const privateKey = keyOf(key.text);
  if (typeof privateKey === 'string') report({ path: key.path, expected: privateKey });
  else if (certificate !== undefined && !certificate.checkPrivateKey(privateKey))
    report({ path: key.path, expected: 'the private key that belongs to cert' });
};

/** The TLS settings, with files that hold what they should; complete only when nothing was reported. */
export const compileTls = (written: unknown, files: FileCompiler, report: Report): TlsSettings => {
  const settings = isMapping(written) ? written : {};
  const { shape } = tlsDocument;
  const pem = (name: keyof typeof contents): PemFile | undefined => {
    const file = shape[name].safeParse(settings[name]).data;
    if (file === undefined) return undefined;
    const path = ['tls', name];
    const compiled = files.compile(file, 'a PEM file', path, report);
    if (compiled === undefined) return undefined;
    const text = Buffer.from(compiled.body).toString('latin1');
    if (text.includes('-----BEGIN ')) return { reference: compiled.reference, text, path };
    report({ path, expected: `a PEM file, which holds ${contents[name]} after a line -----BEGIN …-----` });
    return undefined;
  };
  const [ca, cert, key] = [pem('ca'), pem('cert'), pem('key')];
  if (ca !== undefined && certificateOf(ca.text) === undefined)
    report({ path: ca.path, expected: 'certificates that can be read' });
  checkPair(cert, key, report);
  const lone = ['cert', 'key'].filter((name) => Object.hasOwn(settings, name));
  if (lone.length === 1) {
    const missing = lone[0] === 'cert' ? 'key' : 'cert';
    report({ path: ['tls', ...lone], of: 'key', expected: `${missing} as well: cert and key go together` });
  }
  return {
    ...(ca === undefined ? {} : { ca: ca.reference }),
    ...(cert === undefined ? {} : { cert: cert.reference }),
    ...(key === undefined ? {} : { key: key.reference }),
    verify: shape.verify.safeParse(settings.verify).data ?? true,
  };
};
