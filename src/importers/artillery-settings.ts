import type { DocumentPath } from '../document/document-source.ts';
import { type ArtilleryScript, isMapping, leaveOtherKeys, type Mapping } from './artillery-script.ts';
import { carryText, emptyScope } from './artillery-template.ts';
import { parseArtilleryDuration, writeDuration } from './artillery-values.ts';
import { carryHeaders } from './carry-headers.ts';
import { targetStandIn } from './imported.ts';

const configKeys =
  'target phases variables payload defaults http tls plugins ensure environments processor name'.split(' ');
/** What a virtual user of Artillery follows unless a script says otherwise. */
const usualRedirects = 10;
const sampleTarget = targetStandIn('');

const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {});

/** The plan's target; without one, that of the first environment. */
const targetOf = (script: ArtilleryScript): string => {
  const { target, environments } = script.config;
  const named = Object.entries(mappingOf(environments)).find(
    ([, its]) => typeof mappingOf(its).target === 'string',
  );
  const written = target ?? mappingOf(named?.[1]).target;
  if (target === undefined && named !== undefined)
    script.note(`the target is that of the environment ${named[0]}`);
  if (typeof written !== 'string' || written.trim() === '') {
    script.leave(`a target: the script has none, ${sampleTarget} stands in for it`, ['config']);
    return sampleTarget;
  }
  return carryText(
    written.trim().replace(/[?#].*$/s, ''),
    ['config', 'target'],
    emptyScope(),
    script,
    targetStandIn,
  );
};

const headersAt = (written: unknown, path: DocumentPath, script: ArtilleryScript): Mapping => {
  const list = Object.entries(mappingOf(written)).map(
    ([name, value]) => [name, carryText(String(value), [...path, name], emptyScope(), script)] as const,
  );
  const { headers, noise, refused } = carryHeaders(list);
  for (const name of noise) script.leave(`the header ${name}`, path);
  for (const reason of refused) script.leave(reason, path);
  return Object.fromEntries(headers);
};

const httpOf = (script: ArtilleryScript): Mapping => {
  const path = ['config', 'http'];
  const http = mappingOf(script.config.http);
  leaveOtherKeys(http, ['timeout', 'pool', 'defaults'], path, script);
  const seconds = parseArtilleryDuration(http.timeout ?? '');
  const pool = Number(http.pool);
  if (http.timeout !== undefined && seconds === undefined)
    script.leave(`config.http.timeout: ${String(http.timeout)}`, [...path, 'timeout']);
  return {
    ...(seconds !== undefined && seconds >= 0.001 && seconds <= 3600
      ? { timeout: writeDuration(seconds) }
      : {}),
    ...(Number.isInteger(pool) && pool >= 1 && pool <= 100_000 ? { connections: { max: pool } } : {}),
  };
};

const tlsOf = (script: ArtilleryScript): Mapping => {
  const tls = mappingOf(script.config.tls);
  leaveOtherKeys(tls, ['rejectUnauthorized'], ['config', 'tls'], script);
  return tls.rejectUnauthorized === false ? { tls: { verify: false } } : {};
};

/** Everything of `config` that a plan says once for all, but for load, data and thresholds. */
export const carrySettings = (script: ArtilleryScript): Mapping => {
  const { config } = script;
  leaveOtherKeys(config, configKeys, ['config'], script);
  const environments = Object.keys(mappingOf(config.environments));
  if (environments.length > 0)
    script.leave(`config.environments: ${environments.join(', ')}`, ['config', 'environments']);
  if (config.processor !== undefined)
    script.leave(
      `config.processor ${String(config.processor)}: its functions have to be ported to hooks (docs/hooks.md)`,
      ['config', 'processor'],
    );
  for (const plugin of Object.keys(mappingOf(config.plugins)))
    if (plugin !== 'expect' && plugin !== 'ensure')
      script.leave(`the plugin ${plugin}`, ['config', 'plugins', plugin]);
  const { headers, ...others } = mappingOf(config.defaults);
  leaveOtherKeys(others, [], ['config', 'defaults'], script);
  const ofHttp = mappingOf(mappingOf(mappingOf(config.http).defaults).headers);
  const shared = {
    ...headersAt(ofHttp, ['config', 'http', 'defaults', 'headers'], script),
    ...headersAt(headers, ['config', 'defaults', 'headers'], script),
  };
  return {
    target: targetOf(script),
    ...httpOf(script),
    ...tlsOf(script),
    cookies: true,
    redirects: usualRedirects,
    ...(Object.keys(shared).length === 0 ? {} : { headers: shared }),
  };
};
