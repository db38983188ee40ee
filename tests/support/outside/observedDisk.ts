import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let synced = 0;

/** Bytes of the tape that the last finished `fdatasync` beside other work covered. */
export const syncedBytes = (): number => synced;

/** To be imported before the tape's writer. */
const real = fs.fdatasync;
const observed = (fd: number, done: (error: NodeJS.ErrnoException | null) => void): void => {
  const { size } = fs.fstatSync(fd);
  real(fd, (error) => {
    if (error === null) synced = size;
    done(error);
  });
};
Object.assign(fs, { fdatasync: observed });
syncBuiltinESMExports();
