import { afterEach } from 'vitest';
import { type CrmDesk, type CrmDeskOptions, crmDesk } from './crm-desk.ts';

const desks: CrmDesk[] = [];

/** A desk that is closed after the test that opened it. */
export async function open(options?: CrmDeskOptions): Promise<CrmDesk> {
  const desk = await crmDesk(options);
  desks.push(desk);
  return desk;
}

afterEach(async () => {
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
});
