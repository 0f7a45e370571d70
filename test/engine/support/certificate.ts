import { generate } from 'selfsigned';

/** A certificate for localhost that nobody has signed and nobody keeps, as PEM. */
export const makeCertificate = async (): Promise<{ readonly cert: string; readonly key: string }> => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  return { cert: made.cert, key: made.private };
};
