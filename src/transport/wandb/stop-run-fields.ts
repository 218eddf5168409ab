import { stopRun } from '../../commands/stop-run.ts';
import { runOfWireId } from './run-lookup.ts';
import { submit, type WandbContext } from './wandb-context.ts';

export const stopRunFields = {
  stopRun: async (
    { input }: { readonly input: { readonly id: string } },
    context: WandbContext,
  ): Promise<{ readonly success: boolean }> => {
    const { id } = await runOfWireId(context, input.id);
    await submit(context, stopRun, { run: id });
    return { success: true };
  },
};
