import type { CapacitySurvey } from '../ports/capacity-survey.ts';
import { awsPace } from './aws-pace.ts';
import { AwsCapacitySurvey, surveyClients } from './capacity-survey.ts';
import type { SurveyEnvironment } from './environment.ts';

/** The survey of the account that a function runs in. */
export const composeSurvey = (environment: SurveyEnvironment): CapacitySurvey =>
  new AwsCapacitySurvey(
    {
      region: environment.AWS_REGION,
      cluster: environment.STORMDRAIN_CLUSTER_ARN,
      subnets: environment.STORMDRAIN_SUBNETS,
      worker: {
        vcpu: environment.STORMDRAIN_WORKER_VCPU,
        memoryGib: environment.STORMDRAIN_WORKER_MEMORY_GIB,
      },
      architecture: environment.STORMDRAIN_WORKER_ARCHITECTURE,
      image: environment.STORMDRAIN_WORKER_IMAGE,
      spot: { share: environment.STORMDRAIN_SPOT_SHARE, fallback: environment.STORMDRAIN_SPOT_FALLBACK },
      pace: awsPace,
    },
    surveyClients(),
  );
