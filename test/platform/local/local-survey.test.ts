import { localSurvey } from '../../../src/platform/local/local-survey.ts';
import { describeCapacitySurveyContract } from '../../contract/capacity-survey.contract.ts';

describeCapacitySurveyContract('this machine', async () => ({ survey: localSurvey, close: async () => {} }));
