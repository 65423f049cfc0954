// A prepared portion goes to the miniport: Patch if anything is elsewhere than Render knew, then SubmitCommand
// (dxgk-render §3.1). All refusing was done in Render; a failure here is the miniport's fault.

import { SUBMIT_NULL_RENDERING } from '../../ddi/dxgk.ts';
import { STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { ENGINE_NODE } from '../miniport/node.ts';
import { refreshList } from './allocation-list.ts';
import type { Kernel } from './kernel.ts';
import { STOP_PATCH_FAILED, STOP_SCHEDULER, STOP_SUBMIT_FAILED } from './stop.ts';
import type { Portion, Submission } from './submission.ts';

/** Submits the submission's portion under the fence that it has. */
export function submitPortion(kernel: Kernel, submission: Submission): void {
  const { portion, translation } = submission;
  if (!portion) return;
  const range = {
    DmaBufferPhysicalAddress: submission.address,
    DmaBufferSubmissionStartOffset: portion.start,
    DmaBufferSubmissionEndOffset: portion.end,
    SubmissionFenceId: submission.fence,
    Flags: translation.nullRendering ? SUBMIT_NULL_RENDERING : 0,
  };
  const addresses = refreshList(translation.list);
  submission.isPatched ||= addresses.some((address, n) => address !== submission.written[n]);
  if (submission.isPatched) {
    const status = kernel.miniport.patch({
      ...range,
      DmaBufferSize: submission.capacity,
      pAllocationList: translation.list.elements,
      pPatchLocationList: submission.patches,
      PatchLocationListSubmissionStart: portion.firstPatch,
      PatchLocationListSubmissionLength: portion.patches,
    });
    if (status !== STATUS_SUCCESS) kernel.stop(STOP_SCHEDULER, STOP_PATCH_FAILED);
  }
  if (kernel.stopRecord) return;
  markWritten(submission, portion);
  const status = kernel.miniport.submitCommand({
    ...range,
    hContext: translation.context.miniport,
    pDmaBufferPrivateData: submission.privateData,
    NodeOrdinal: ENGINE_NODE,
  });
  if (status !== STATUS_SUCCESS) kernel.stop(STOP_SCHEDULER, STOP_SUBMIT_FAILED);
}

function markWritten({ translation: { list } }: Submission, portion: Portion): void {
  for (const [n, allocation] of list.allocations.entries()) {
    const isWritten = list.elements[n]?.WriteOperation ?? false;
    if (allocation && isWritten && portion.allocations.has(allocation)) allocation.isDirty = true;
  }
}
