/** Makes a value at the first call, and gives the same one ever after. What throws is tried again at the next call. */
export const once = <Value extends object>(make: () => Value): (() => Value) => {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
