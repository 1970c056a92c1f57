/** What a control asks of the server. */
export interface ControlRequest {
  readonly method: 'PUT' | 'POST';
  readonly path: '/api/replicas' | '/api/faults' | '/api/load' | '/api/processing-delay';
  readonly body: object;
}

/** Sends it; returns the sentence that tells why not, or undefined when it was done. */
export async function sendRequest({ method, path, body }: ControlRequest): Promise<string | undefined> {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return undefined;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? `The lab answered with HTTP status ${response.status}.`;
  } catch {
    return 'The lab cannot be reached, so nothing was changed.';
  }
}
