def run(site, wanted):
    return iter(())
