import type { RequestOptions } from 'node:https';
import { KubeConfig, type DispatcherOptions, type RequestContext } from '@kubernetes/client-node';

/** How long one call to the API server may take, and the opening of one stream. */
export const CALL_TIMEOUT_MS = 10_000;

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * The client's configuration with what client-node 2.0.1 leaves open: calls and WebSocket handshakes end in time, and
 * calls share their connections.
 */
export class LabKubeConfig extends KubeConfig {
  #dispatcher: Dispatcher | undefined;

  /** Used by client-node for each call of its typed interfaces, and for a watch, which takes no signal. */
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    // client-node makes an agent for every request, and so a TLS connection for every request.
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    context.setSignal(AbortSignal.timeout(CALL_TIMEOUT_MS));
  }

  /** Used by client-node for WebSockets, where an unanswered handshake would be waited for without end. */
  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    Object.assign(options, { handshakeTimeout: CALL_TIMEOUT_MS, perMessageDeflate: false });
  }

  override createDispatcherOptions(
    ...args: Parameters<KubeConfig['createDispatcherOptions']>
  ): ReturnType<KubeConfig['createDispatcherOptions']> {
    const options: DispatcherOptions = super.createDispatcherOptions(...args);
    // Over HTTP/2 all requests would share one connection, and a watch that fell silent would take the lists with it.
    if ('connect' in options) Object.assign(options.connect, { allowH2: false });
    return options;
  }

  /** Ends the connections that calls share; calls under way fail. */
  async closeConnections(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }
}
