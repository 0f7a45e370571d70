import { serveParent } from '../targets/serve-parent.ts';
import { rawServer } from './raw-server.ts';

/** Answers at once, but in each period there is a second in which it answers nothing; then it answers all that waited. */

const periodMillis = 10_000;
const freezeFromMillis = 5_000;
const freezeMillis = 1_000;

let requests = 0;
let frozen = false;
const waiting: (() => void)[] = [];

const thaw = (): void => {
  frozen = false;
  for (const send of waiting.splice(0)) send();
};

const freezeAt = (atMillis: number): void => {
  setTimeout(() => {
    frozen = true;
    // Of the clock, not of each other: the periods stay as long as they are said to be.
    setTimeout(thaw, atMillis + freezeMillis - performance.now());
    freezeAt(atMillis + periodMillis);
  }, atMillis - performance.now());
};

const server = rawServer((send) => {
  // Periods begin with the load, so that a run of whole periods has whole freezes, whenever it starts.
  if (requests++ === 0) freezeAt(performance.now() + freezeFromMillis);
  if (frozen) waiting.push(send);
  else send();
});

serveParent(server, () => ({ requests }));
