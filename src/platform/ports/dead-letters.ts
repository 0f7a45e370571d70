/** The dead letters port: messages that can't be carried out, kept with the reason until somebody looks. Throws `ServiceUnavailable`. */
export interface DeadLetters {
  keep(letter: DeadLetter): Promise<void>;
}

export interface DeadLetter {
  /** The message as it came. */
  readonly body: string;
  /** One sentence. */
  readonly reason: string;
  /** Who gives up: `instance-leaving`. */
  readonly from: string;
}
