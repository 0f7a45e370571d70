import pc from 'picocolors';

/** The few styles the displays use; each leaves the text as it is when colour is off. */
export interface Palette {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly label: (text: string) => string;
}

export const palette = (colour: boolean): Palette => {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(colour);
  return { strong: bold, faint: dim, good: green, bad: red, doubtful: yellow, label: cyan };
};

/** How a display is laid out. */
export interface Layout {
  readonly columns: number;
  readonly colour: boolean;
}
