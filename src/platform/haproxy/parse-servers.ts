import { BalancerUnavailableError } from '../../errors.ts';

/** A server as HAProxy has it. */
export interface ActualServer {
  readonly name: string;
  /** `10.0.0.5:8080`, `[fd00::1]:8080`. */
  readonly address: string;
  /** As its statistics page says: `UP`, `UP 1/3`, `DOWN`, `DRAIN`, `MAINT`, `no check`, `NOLB`. */
  readonly status: string;
  /** Its first health check isn't over yet. */
  readonly isUnchecked: boolean;
  /** Requests (or connections, in mode tcp) on it and queued for it. */
  readonly inFlight: number;
}

/** Undefined when there is no such backend. Source: HAProxy 2.6 management guide, 9.1 (CSV format). */
export const parseServers = (answer: string): readonly ActualServer[] | undefined => {
  if (answer.startsWith('No such proxy')) return undefined;
  const [header = '', ...lines] = answer.split('\n');
  const columns = header.replace(/^# /, '').split(',');
  const needed = ['svname', 'type', 'status', 'scur', 'qcur', 'check_status', 'addr'];
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new BalancerUnavailableError(
      `HAProxy's "show stat" has no column ${missing.join(', ')} but begins with "${header.slice(0, 80)}"; give the stats socket "level admin"`,
    );
  }
  return lines.filter(Boolean).flatMap((line) => {
    const fields = line.split(',');
    const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
    return field('type') !== '2'
      ? []
      : [
          {
            name: field('svname'),
            address: field('addr'),
            status: field('status'),
            isUnchecked: field('check_status').replace(/^\* /, '') === 'INI',
            inFlight: Number(field('scur')) + Number(field('qcur')),
          },
        ];
  });
};
