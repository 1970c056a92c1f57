import type { LabHistory } from '../../../lib/contracts/lab-snapshot.ts';

/** The last minutes as the server saw them; undefined when it cannot tell, and the histories then begin now. */
export async function fetchHistory(group: string | undefined): Promise<LabHistory | undefined> {
  const query = group === undefined ? '' : `?group=${encodeURIComponent(group)}`;
  const response = await fetch(`/api/history${query}`).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as LabHistory) : undefined;
}
