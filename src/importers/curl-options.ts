/*
 * The options of curl 8 (https://curl.se/docs/manpage.html), as far as reading a command line needs to know them.
 */

const longOfShort: Readonly<Record<string, string>> = {
  '#': 'progress-bar',
  '0': 'http1.0',
  '4': 'ipv4',
  '6': 'ipv6',
  A: 'user-agent',
  C: 'continue-at',
  D: 'dump-header',
  E: 'cert',
  F: 'form',
  G: 'get',
  H: 'header',
  I: 'head',
  J: 'remote-header-name',
  K: 'config',
  L: 'location',
  N: 'no-buffer',
  O: 'remote-name',
  Q: 'quote',
  R: 'remote-time',
  S: 'show-error',
  T: 'upload-file',
  U: 'proxy-user',
  V: 'version',
  X: 'request',
  Y: 'speed-limit',
  Z: 'parallel',
  a: 'append',
  b: 'cookie',
  c: 'cookie-jar',
  d: 'data',
  e: 'referer',
  f: 'fail',
  g: 'globoff',
  h: 'help',
  i: 'show-headers',
  j: 'junk-session-cookies',
  k: 'insecure',
  m: 'max-time',
  n: 'netrc',
  o: 'output',
  p: 'proxytunnel',
  q: 'disable',
  r: 'range',
  s: 'silent',
  u: 'user',
  v: 'verbose',
  w: 'write-out',
  x: 'proxy',
  y: 'speed-time',
  z: 'time-cond',
};

const takesValue = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
  continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
  delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech engine etag-compare
  etag-save expect100-timeout form form-string happy-eyeballs-timeout-ms haproxy-clientip header help hsts interface
  ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type libcurl limit-rate local-port login-options
  max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
  preproxy proto proto-default proto-redir proxy proxy-cacert proxy-cert proxy-header proxy-key proxy-user
  proxy-pass quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time
  service-name socks4 socks4a socks5 socks5-hostname speed-limit speed-time stderr time-cond tls-max
  tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query
  user user-agent variable vlan-priority write-out`.split(/\s+/),
);

const otherNames: Readonly<Record<string, string>> = {
  'data-ascii': 'data',
  'location-trusted': 'location',
  include: 'show-headers',
};

export interface CurlOption {
  /** The long name, without dashes. */
  readonly name: string;
  /** A template; empty for an option that takes none. */
  readonly value: string;
}

/** What stands between the `--next`s of a command line. */
export interface CurlOperation {
  readonly options: readonly CurlOption[];
  readonly urls: readonly string[];
}

/** Options of one word of short ones, such as `-sSLXPOST`; the last may take its value from the next word. */
const readShort = (word: string, next: string | undefined): { options: CurlOption[]; usedNext: boolean } => {
  const options: CurlOption[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const name = longOfShort[letter] ?? letter;
    if (!takesValue.has(name)) {
      options.push({ name, value: '' });
      continue;
    }
    const rest = word.slice(at + 1);
    options.push({ name, value: rest === '' ? (next ?? '') : rest });
    return { options, usedNext: rest === '' };
  }
  return { options, usedNext: false };
};

/** Reads the words after `curl`. Options that curl doesn't have come out under the name they are written with. */
export const parseCurlOptions = (words: readonly string[]): readonly CurlOperation[] => {
  const operations: { options: CurlOption[]; urls: string[] }[] = [{ options: [], urls: [] }];
  let onlyUrls = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const operation = operations.at(-1);
    if (operation === undefined) break;
    if (onlyUrls || !word.startsWith('-') || word === '-') {
      if (word !== '') operation.urls.push(word);
    } else if (word === '--') {
      onlyUrls = true;
    } else if (word === '--next' || word === '-:') {
      operations.push({ options: [], urls: [] });
    } else if (word.startsWith('--')) {
      const written = word.slice(2);
      const name = otherNames[written] ?? written;
      const value = takesValue.has(name) ? (next ?? '') : '';
      if (takesValue.has(name)) at++;
      if (name === 'url') operation.urls.push(value);
      else operation.options.push({ name, value });
    } else {
      const { options, usedNext } = readShort(word, next);
      operation.options.push(...options);
      if (usedNext) at++;
    }
  }
  return operations;
};

/** Options about what curl prints, stores or does on its own machine: a load test has no use for them. */
export const isAboutOutput = (name: string): boolean =>
  /^(no-)?(progress-bar|progress-meter|silent|show-error|verbose|show-headers|output|output-dir|remote-name(-all)?|remote-header-name|remote-time|create-dirs|write-out|dump-header|buffer|fail(-with-body|-early)?|trace.*|stderr|styled-output|globoff|disable|parallel(-.*)?|libcurl|append|junk-session-cookies|compressed-ssh|tcp-nodelay|keepalive|version|help|xattr|clobber|remove-on-error|skip-existing)$/.test(
    name,
  );
