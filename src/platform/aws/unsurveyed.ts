import type { CapacitySurvey } from '../ports/capacity-survey.ts';

/** For functions whose role may not look the account over: what they need to know was kept with the run when it was planned. */
export const unsurveyed: CapacitySurvey = {
  survey: () => Promise.reject(new Error('this function does not survey the account')),
};
