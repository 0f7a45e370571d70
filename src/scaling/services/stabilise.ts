import type { ServicePolicy } from '../policy/scaling-policy.ts';
import type { ServiceMemory } from '../scaling-memory.ts';

type Recommendations = ServiceMemory['recommendations'];

const mostEntries = 200;

const inWindow = (recommendations: Recommendations, atMillis: number, seconds: number): Recommendations =>
  recommendations.filter((entry) => entry.atMillis > atMillis - seconds * 1000 && entry.atMillis <= atMillis);

/** What a later entry makes superfluous for every window, because it asks for as many or more, and a later one for as few or fewer. */
const withoutSuperfluous = (recommendations: Recommendations): Recommendations => {
  let most = Number.NEGATIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  return recommendations
    .toReversed()
    .filter(({ tasks }) => {
      const counts = tasks > most || tasks < fewest;
      most = Math.max(most, tasks);
      fewest = Math.min(fewest, tasks);
      return counts;
    })
    .reverse();
};

/**
 * The recommendations of the longest window, the present one included. When none is known for so long, the count that was
 * found is taken for one, so that the first tick (or the first after a gap) isn't the whole of a window. That of the tick
 * before is known even when the window is shorter than the time between two ticks.
 */
export const rememberRecommendation = (
  recommendations: Recommendations,
  now: { readonly atMillis: number; readonly desired: number; readonly wanted: number | null },
  policy: Pick<ServicePolicy, 'out' | 'in'>,
  everySeconds: number,
): Recommendations => {
  const { atMillis, desired, wanted } = now;
  const seconds = Math.max(policy.out.stabilisationSeconds, policy.in.stabilisationSeconds);
  if (seconds === 0) return [];
  const earlier = inWindow(recommendations, atMillis, Math.max(seconds, 2 * everySeconds));
  if (wanted === null) return earlier;
  const known = earlier.length > 0 ? earlier : [{ atMillis, tasks: desired }];
  return withoutSuperfluous([...known, { atMillis, tasks: wanted }]).slice(-mostEntries);
};

/**
 * Of what was recommended within each direction's window, the fewest when tasks would be added and the most when they would be
 * removed: `stabilizeRecommendationWithBehaviors` of the Kubernetes HPA (pkg/controller/podautoscaler/horizontal.go).
 */
export const stabilise = (
  recommendations: Recommendations,
  now: { readonly atMillis: number; readonly desired: number; readonly wanted: number },
  policy: Pick<ServicePolicy, 'out' | 'in'>,
): number => {
  const { atMillis, desired, wanted } = now;
  const tasksWithin = (seconds: number) =>
    inWindow(recommendations, atMillis, seconds).map(({ tasks }) => tasks);
  const fewest = Math.min(wanted, ...tasksWithin(policy.out.stabilisationSeconds));
  const most = Math.max(wanted, ...tasksWithin(policy.in.stabilisationSeconds));
  if (desired < fewest) return fewest;
  return desired > most ? most : desired;
};
