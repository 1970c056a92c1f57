import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { sendRequest, type ControlRequest } from './send-request.ts';

interface ControlsContextValue {
  /** What may be done; null while nothing may. */
  readonly controls: LabSnapshot['controls'] | null;
  /** Shows a sentence to the user. */
  readonly report: (sentence: string) => void;
}

export const ControlsContext = createContext<ControlsContextValue>({ controls: null, report: () => undefined });

/** Sends one request at a time; a control is busy until it is answered. Resolves to whether it was done. */
export function useRequest(): {
  isBusy: boolean;
  send: (request: ControlRequest) => Promise<boolean>;
} {
  const { report } = useContext(ControlsContext);
  const [isBusy, setBusy] = useState(false);
  const send = async (request: ControlRequest): Promise<boolean> => {
    setBusy(true);
    const refusal = await sendRequest(request);
    setBusy(false);
    if (refusal !== undefined) report(refusal);
    return refusal === undefined;
  };
  return { isBusy, send };
}
