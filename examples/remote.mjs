/**
 * A folder of pictures read by servers elsewhere: several endpoints of one model share the work, and one that fails is
 * not missed.
 *
 *   node remote.mjs http://gpu1:8000 http://gpu2:8000 -- *.png
 */
import { MedGemma, MedGemmaError } from "medgemma";

const split = process.argv.indexOf("--");
const [endpoint, pictures] = [process.argv.slice(2, split), process.argv.slice(split + 1)];
if (split < 0 || endpoint.length === 0) throw new Error("usage: node remote.mjs ENDPOINT... -- PICTURE...");

const model = await MedGemma.load({ endpoint, parallel: 8 });
console.error(model.info.model.name, model.info.capabilities);

await Promise.all(
  pictures.map(async (picture) => {
    try {
      const { impression, notice } = await model.report(picture, { priority: "batch" });
      console.log(`${picture}: ${impression} (${notice})`);
    } catch (error) {
      // E.g. unsupported_by_endpoint, endpoint_failed: the other pictures go on.
      console.error(`${picture}: ${MedGemmaError.isInstance(error) ? error.code : error}`);
    }
  }),
);
await model.dispose();
