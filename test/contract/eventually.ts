const tries = 40;
const pauseMillis = 250;

/** Asserts again and again, in the implementation's own time, because what was written may be read a moment later. */
export const eventually = async (
  pause: (millis: number) => Promise<void>,
  assertion: () => Promise<void>,
): Promise<void> => {
  for (let left = tries; ; left--) {
    try {
      return await assertion();
    } catch (error) {
      if (left === 0) throw error;
    }
    await pause(pauseMillis);
  }
};
