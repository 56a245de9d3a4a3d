import time, resource
from fault.test_release_kill import *
from fault import disk
def cpu():
    a=resource.getrusage(resource.RUSAGE_SELF); b=resource.getrusage(resource.RUSAGE_CHILDREN)
    return a.ru_utime+a.ru_stime+b.ru_utime+b.ru_stime
def test_probe(stages):
    stage = stages["decided"]
    def t(name, f):
        a,b=time.time(),cpu(); r=f(); print(f"{name:30} wall {time.time()-a:.3f} cpu {cpu()-b:.3f}"); return r
    for step in (1, 60, 112, 1000):
        c=homes.copied(stage.home); home=t("copy", c.__enter__)
        struck,_,_=t("kill", lambda: kills.kill_before(home, step, stage.release))
        t("nothing", lambda: kills.answer(lambda: None))
        t("rerun+check", lambda: kills.answer(lambda: to_the_end(struck, stage)))
        t("check", lambda: kills.answer(lambda: check_released(home, stage)))
        t("drop", lambda: c.__exit__(None,None,None))
    import cProfile,pstats
    with homes.copied(stage.home) as home:
        struck,_,_=kills.kill_before(home, 50, stage.release)
        def run():
            p=cProfile.Profile(); p.enable(); to_the_end(struck, stage); p.disable()
            pstats.Stats(p).sort_stats("tottime").print_stats(25)
        kills.answer(run)
