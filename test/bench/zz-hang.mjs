import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { runWorker, startPostgres, startSimulator } from './support/processes.mjs';
const units=Number(process.argv[2]??100000);
const WORKER = fileURLToPath(new URL('support/pull-worker.mjs', import.meta.url));
const postgres=await startPostgres();
const sim=await startSimulator({companies:Math.max(3,Math.round(units/500)),'contract-services':Math.ceil(units/12),'units-per-service':12,latency:0,threshold:1e8});
const c=new pg.Client({connectionString:postgres.url});await c.connect();
const q=async(s)=>(await c.query(s)).rows;
for(let i=0;i<12;i++){
 const t=setTimeout(async()=>{
  console.log('HANG'); for(const s of ["select id,state,mode,created_at,started_at,updated_at,lease_until,waiting_reason from psa_connector.sync_run order by created_at desc limit 2","select pid,state,wait_event_type,wait_event,now()-xact_start as xact,left(query,100) q from pg_stat_activity where datname is not null","select * from psa_connector.request_slot limit 20","select * from psa_connector.job order by 1 desc limit 5"]) { try{console.log(await q(s));}catch(e){console.log(s,e.message);} }
  console.log((await q("select table_name from information_schema.tables where table_schema='psa_connector'")).map(r=>r.table_name).join(' '));
 },+process.argv[3]||40000);
 const r=await runWorker(WORKER,{pipeline:'connector',databaseUrl:postgres.url,simulator:sim},{execArgv:process.argv[4]?process.argv[4].split(' '):[]});
 clearTimeout(t);
 console.log(i,r.rows,r.ms.toFixed(0),r.calls);
}
await c.end();await sim.stop();await postgres.stop();
