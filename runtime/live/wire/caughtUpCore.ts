import { dirname } from "node:path";
import type { Lease } from "../../../actors/ports/leases.ts";
import { Fenced } from "../../../actors/ports/streams.ts";
import { machineTiming } from "../../adapters/system/timing.ts";
import type { CloseStack } from "../../closeStack.ts";
import { pureScorer } from "../../scorer.ts";
import { type OpenCore, openCore } from "../openCore.ts";
import { venueOf } from "../productionPorts.ts";
import type { RunFolder } from "../runFolder.ts";
import type { CoreRoleOptions } from "./coreOptions.ts";
import { ScoredElsewhere } from "./moods.ts";
import { ACCOUNT, tapeStreamOf } from "./names.ts";
import { type PlayOrder, readPlay, type SourceAbout } from "./playOrders.ts";
import { replicaGroup } from "./replica.ts";
import { catchUp, PublishedMark, writerOf } from "./tapeCopy.ts";

/** A core over this node's copy of the tape, which has all that is on the stream. Nothing was played yet. */
export interface CaughtUpCore {
  readonly core: OpenCore;
  readonly mark: PublishedMark;
  readonly scorer: ScoredElsewhere;
  /** The order that this one goes on with; null: it begins anew. */
  readonly before: PlayOrder | null;
}

/** Opens the run that is under way, or begins one. @throws with one clear line; what was opened is in `opened`. */
export const openCaughtUp = async (
  o: CoreRoleOptions,
  about: SourceAbout,
  lease: Lease,
  opened: CloseStack,
  stopping: AbortSignal,
): Promise<CaughtUpCore> => {
  const { config, setup, streams, node, say } = o;
  const play = await readPlay(streams);
  const before = play !== null && play.configHash === setup.configHash && play.source === about.hash && !o.newRun ? play : null;
  const writer = before === null ? null : await writerOf(streams, before.run);
  const isForeign = writer !== null && writer !== node;
  const scorer = new ScoredElsewhere(pureScorer());
  const markOf = (folder: RunFolder): PublishedMark => new PublishedMark(dirname(folder.journal));
  const core = await openCore(
    {
      config,
      setup,
      source: { kind: about.kind, name: about.name, hash: about.hash },
      ports: { ...venueOf(config), scorer: { answers: "again", scorer }, fallback: scorer, timing: machineTiming },
      inOrder: true,
      safety: "elsewhere",
      store: o.store,
      newRun: o.newRun,
      say,
      metrics: o.metrics,
      isShown: o.isShown,
      underWay: before === null ? null : { id: before.run, number: before.number },
      cutTo: (folder) => (isForeign && folder.resumed ? markOf(folder).seq : null),
      catchUp: async (journal, folder) => {
        const caught = await catchUp(streams, folder.run.id, journal, markOf(folder));
        if (caught > 0)
          say(`${caught} entries of run ${folder.run.id} that another node wrote were taken over`, {
            event: "entries.taken_over",
            run: folder.run.id,
            entries: caught,
          });
      },
      mayTrade: () => {
        if (!lease.held()) throw new Fenced(ACCOUNT, lease.epoch, lease.epoch + 1);
      },
      stopping,
    },
    opened,
  );
  await streams.dropGroup(tapeStreamOf(core.run.id), replicaGroup(node)); // its copy is the one that is written now
  return { core, mark: markOf(core.folder), scorer, before };
};
