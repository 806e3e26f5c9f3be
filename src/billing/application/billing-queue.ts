/** Queue of pushes; one job at a time for a connection, which works until nothing is due. */
export const PUSH_QUEUE = 'billing-push';

export interface PushJob {
  connectionId: string;
}
