import { aFolderOfLogs, describeLogsApiContract } from '../../contract/logs-api.contract.ts';

describeLogsApiContract('direct', aFolderOfLogs);
