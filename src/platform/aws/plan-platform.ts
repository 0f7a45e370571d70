import { composeSurvey } from './compose-survey.ts';
import { readEnvironment, runEnvironment } from './environment.ts';
import { once } from './once.ts';
import { composeRunPorts, type RunPlatform } from './run-platform.ts';

/** As runPlatform, with a survey of what the account can give to a run. */
export const planPlatform = /* @__PURE__ */ once((): RunPlatform => {
  const environment = readEnvironment(runEnvironment);
  return { ports: { ...composeRunPorts(environment), survey: composeSurvey(environment) } };
});
