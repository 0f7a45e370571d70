/** Why a file can't be read, in words. */
export const describeReadError = (error: unknown): string => {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'reading it is not permitted';
    default:
      return (error as Error).message;
  }
};
