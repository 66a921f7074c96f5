// A node of Elasticsearch from its jars alone, without the launcher and the module folders of its distribution.
// Arguments: the folder with config/ and data/, the port.
import java.nio.file.Path
import org.apache.lucene.analysis.core.LetterTokenizer
import org.elasticsearch.common.logging.LogConfigurator
import org.elasticsearch.common.settings.Settings
import org.elasticsearch.index.analysis.PreConfiguredTokenizer
import org.elasticsearch.node.InternalSettingsPreparer
import org.elasticsearch.node.Node
import org.elasticsearch.plugins.AnalysisPlugin
import org.elasticsearch.plugins.Plugin
import org.elasticsearch.plugins.PluginDescriptor
import org.elasticsearch.plugins.PluginsService
import org.elasticsearch.transport.netty4.Netty4Plugin

// Argilla 1.x makes no index without the tokenizer `lowercase`, whose module (analysis-common) Maven Central does not have. This one
// leaves the case as it is: enough for all but searching.
class Lowercase extends Plugin implements AnalysisPlugin {
    List<PreConfiguredTokenizer> getPreConfiguredTokenizers() {
        [PreConfiguredTokenizer.singleton('lowercase', { new LetterTokenizer() })]
    }
}

class Loaded extends PluginsService {
    static final MODULES = [new Netty4Plugin(), new Lowercase()].collect {
        def name = it.class.name
        new PluginsService.LoadedPlugin(new PluginDescriptor(name, '', '', null, '', name, null, [], false, false, false, false), it)
    }

    Loaded(Settings settings, Path config) { super(settings, config, null, null) }

    protected List plugins() { MODULES }
}

class Started extends Node {
    Started(environment) { super(environment, { new Loaded(it, environment.configFile()) }, true) }
}

def (folder, port) = args
def given = Settings.builder().put('path.home', folder).put('http.port', port).build()
def environment = InternalSettingsPreparer.prepareEnvironment(given, [:], Path.of(folder, 'config'), { 'node-1' })
LogConfigurator.registerErrorListener()
LogConfigurator.configure(environment, true)
def node = new Started(environment)
addShutdownHook { node.close() }
try {
    node.start()
    Thread.currentThread().join()
} catch (Exception error) { // its threads would go on: somebody else has the port by now
    System.err.println(error)
    System.exit(1)
}
