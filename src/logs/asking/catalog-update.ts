import type { CatalogUpdate } from '../../platform/ports/logs-api.ts';
import type { UpdateReport } from '../catalog/update-report.ts';

/** What is told of an update that has ended. */
export const catalogUpdateOf = ({
  tablesMade,
  partitionsMade,
  partitionsRemoved,
  problems,
  problemCount,
}: UpdateReport): CatalogUpdate => {
  const more = problemCount - problems.length;
  return {
    isDone: true,
    tablesMade,
    partitionsMade,
    partitionsRemoved,
    problems: more > 0 ? [...problems, `${more} more problems`] : problems,
  };
};

/** Of an update that goes on by itself. */
export const begunCatalogUpdate: CatalogUpdate = {
  isDone: false,
  tablesMade: 0,
  partitionsMade: 0,
  partitionsRemoved: 0,
  problems: [],
};
