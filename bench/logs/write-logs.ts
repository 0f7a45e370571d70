import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ContainerName, logsDayPrefix } from '../../src/logs/layout/container-name.ts';
import type { LogRecord } from '../../src/logs/layout/log-record.ts';
import { addDays, dayStartMillis, dayText, type UtcDay } from '../../src/logs/layout/utc-day.ts';
import { seededRandom } from '../../src/plan/random.ts';

const compress = promisify(gzip);

export interface LogsShape {
  readonly lines: number;
  readonly containers: readonly ContainerName[];
  readonly firstDay: UtcDay;
  readonly days: number;
  /** Of a container in a day: Fluent Bit writes one when its buffer is full or its time is up. */
  readonly objectsPerDay: number;
}

/** What was written, for checking answers without the engine. */
export interface WrittenLogs {
  readonly lines: number;
  readonly objects: number;
  /** Before compression. */
  readonly textBytes: number;
  readonly bytes: number;
  /** By `family/container` and `2026-11-21`. */
  readonly days: ReadonlyMap<string, WrittenDay>;
}

export interface WrittenDay {
  bytes: number;
  lines: number;
  errors: number;
  /** By hour: lines that contain `timeout`. */
  readonly timeoutsByHour: number[];
}

/** Objects that are compressed and written at once: zlib has four threads. */
const atOnce = 4;

/** 50 containers of ten families. */
export const benchContainers = (count: number): readonly ContainerName[] =>
  Array.from({ length: count }, (_, n) => ({
    family: `family-${Math.floor(n / 5)}`,
    container: `app-${n % 5}`,
  }));

/** Writes `shape.lines` records, spread evenly over containers, days and objects, as FireLens would have. */
export const writeLogs = async (root: string, shape: LogsShape): Promise<WrittenLogs> => {
  const days = new Map<string, WrittenDay>();
  const perObject = shape.lines / (shape.containers.length * shape.days * shape.objectsPerDay);
  let [lines, objects, textBytes, bytes] = [0, 0, 0, 0];
  let owed = 0;
  const jobs: Promise<void>[] = [];
  for (const [number, name] of shape.containers.entries()) {
    const writer = containerWriter(name, number);
    for (let dayNumber = 0; dayNumber < shape.days; dayNumber++) {
      const day = addDays(shape.firstDay, dayNumber);
      const written: WrittenDay = { bytes: 0, lines: 0, errors: 0, timeoutsByHour: Array(24).fill(0) };
      days.set(`${name.family}/${name.container} ${dayText(day)}`, written);
      const spanMillis = 86_400_000 / shape.objectsPerDay;
      for (let part = 0; part < shape.objectsPerDay; part++) {
        owed += perObject;
        const count = Math.floor(owed);
        owed -= count;
        if (count === 0) continue;
        const fromMillis = dayStartMillis(day) + part * spanMillis;
        const text = writer(fromMillis, spanMillis, count, written);
        lines += count;
        objects += 1;
        textBytes += text.length;
        const stamp = new Date(fromMillis + spanMillis - 1).toISOString().slice(11, 19).replaceAll(':', '');
        const file = join(root, logsDayPrefix(name, day), `${stamp}-${String(objects).padStart(8, '0')}.gz`);
        jobs.push(
          compress(text).then(async (body) => {
            await mkdir(dirname(file), { recursive: true });
            await writeFile(file, body);
            written.bytes += body.length;
            bytes += body.length;
          }),
        );
        if (jobs.length >= atOnce) await Promise.all(jobs.splice(0));
      }
    }
  }
  await Promise.all(jobs);
  return { lines, objects, textBytes, bytes, days };
};

const paths = ['/products', '/products/17', '/orders', '/users/me', '/search?q=umbrella', '/health'] as const;

const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'okhttp/4.12.0',
  'ELB-HealthChecker/2.0',
] as const;

const hex = (random: () => number, length: number): string => {
  let text = '';
  while (text.length < length)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
};

/** Access lines, JSON lines and errors with a trace's id, of four tasks; each a record. Pure but for its counting. */
const containerWriter = ({ family, container }: ContainerName, number: number) => {
  const random = seededRandom(number + 1);
  const heads = Array.from({ length: 4 }, (): Omit<LogRecord, 'time' | 'log' | 'source'> => {
    const task = hex(random, 32);
    return {
      container_id: `${task}-${Math.floor(random() * 1e10)}`,
      container_name: container,
      ecs_cluster: 'production',
      ecs_task_arn: `arn:aws:ecs:eu-central-1:123456789012:task/production/${task}`,
      ecs_task_definition: `${family}:42`,
    };
  });
  return (fromMillis: number, spanMillis: number, count: number, written: WrittenDay): string => {
    const lines: string[] = [];
    for (let n = 0; n < count; n++) {
      const micros = Math.floor(((n + random()) / count) * spanMillis * 1000);
      const atMillis = fromMillis + Math.floor(micros / 1000);
      const kind = random();
      const isError = kind < 0.02;
      const isTimeout = kind < 0.001;
      const path = paths[Math.floor(random() * paths.length)];
      const tookMillis = (random() ** 4 * 900).toFixed(1);
      const log = isError
        ? `ERROR [req-${hex(random, 16)}] ${isTimeout ? 'timeout while calling inventory' : 'inventory answered 503'} after ${tookMillis} ms`
        : kind < 0.3
          ? `{"level":"info","msg":"order placed","user":"u${Math.floor(random() * 1e5)}","trace":"${hex(random, 16)}","ms":${tookMillis}}`
          : `10.${Math.floor(random() * 16)}.${Math.floor(random() * 256)}.7 - - "GET ${path} HTTP/1.1" 200 ${Math.floor(random() * 20_000)} "-" "${agents[Math.floor(random() * agents.length)]}" ${tookMillis}`;
      if (isError) written.errors += 1;
      if (isTimeout) {
        const hour = new Date(atMillis).getUTCHours();
        written.timeoutsByHour[hour] = (written.timeoutsByHour[hour] ?? 0) + 1;
      }
      const time = `${new Date(atMillis).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
      const head = heads[Math.floor(random() * heads.length)];
      lines.push(JSON.stringify({ time, log, source: isError ? 'stderr' : 'stdout', ...head }));
    }
    written.lines += count;
    return `${lines.join('\n')}\n`;
  };
};
