/** What stormdrain's default policy has: another target would compare targets, not scalers. An HPA without one has 80. */
export const targetPercent = 65;
