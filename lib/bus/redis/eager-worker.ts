/** BullMQ's worker asks for a second job before it hands out the first. Here a job is in hand as soon as it has come: a round trip earlier. */
import { type Job, Worker, type WorkerOptions } from 'bullmq';

export class EagerWorker<T> extends Worker<T> {
  readonly #handle: (data: T) => Promise<void>;
  readonly #inHand = new WeakMap<Job<T>, Promise<void>>();

  constructor(queue: string, handle: (data: T) => Promise<void>, options: WorkerOptions) {
    super(queue, (job) => this.#inHand.get(job)!, options);
    this.#handle = handle;
  }

  /** Every job passes here, those that come with the end of another one too; there may be none, whatever its type says. */
  protected override async nextJobFromJobData(
    ...given: Parameters<Worker<T>['nextJobFromJobData']>
  ): ReturnType<Worker<T>['nextJobFromJobData']> {
    const job = await super.nextJobFromJobData(...given);
    if (job) this.#take(job);
    return job;
  }

  #take(job: Job<T>): void {
    const handled = this.#handle(job.data);
    handled.catch(() => {}); // Told to BullMQ.
    this.#inHand.set(job, handled);
  }
}
