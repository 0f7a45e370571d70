import { afterEach, describe, expect, it } from 'vitest';
import type { CapacitySurvey } from '../../src/platform/ports/capacity-survey.ts';
import { decidePreflight } from '../../src/run/decide-preflight.ts';
import { aPlan } from '../plan/a-plan.ts';

export interface SurveyUnderTest {
  readonly survey: CapacitySurvey;
  close(): Promise<void>;
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** What every survey must say, whatever can and can't be looked up; run on each implementation. */
export const describeCapacitySurveyContract = (name: string, open: () => Promise<SurveyUnderTest>): void => {
  describe(`capacity survey contract: ${name}`, () => {
    const opened: SurveyUnderTest[] = [];
    const surveyed = async () => {
      const made = await open();
      opened.push(made);
      return made.survey.survey();
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('knows the size of a worker', async () => {
      const { worker } = await surveyed();
      expect(worker.vcpu).toBeGreaterThan(0);
      expect(worker.memoryGib).toBeGreaterThan(0);
    });

    it('gives amounts that can be reckoned with, or null', async () => {
      const { price, vcpus, freeAddresses, launch, spot } = await surveyed();
      const amounts = [
        price?.onDemandPerHourUsd,
        price?.spotPerHourUsd,
        price?.requestsPerHourUsd,
        price?.minimumSeconds,
        vcpus.onDemand?.quota,
        vcpus.onDemand?.inUse,
        vcpus.spot?.quota,
        vcpus.spot?.inUse,
        freeAddresses ?? undefined,
        launch?.burst,
        spot.share,
      ].filter((amount) => amount !== undefined);
      expect(amounts.filter((amount) => !isAmount(amount))).toEqual([]);
      expect(price === null || price.spotPerHourUsd <= price.onDemandPerHourUsd).toBe(true);
      expect(launch === null || launch.perSecond > 0).toBe(true);
      expect(spot.share).toBeLessThanOrEqual(1);
    });

    it('names its image', async () => {
      expect((await surveyed()).image.reference).not.toBe('');
    });

    it('says in whole sentences what it could not look up', async () => {
      for (const unknown of (await surveyed()).unknowns) expect(unknown).toMatch(/^[A-Z].*\.$/s);
    });

    it('lets one worker for a short while pass', async () => {
      expect(decidePreflight(aPlan(), await surveyed()).problems).toEqual([]);
    });

    it('is a document: as JSON it is the same', async () => {
      const facts = await surveyed();
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    });
  });
};
