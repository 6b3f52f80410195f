import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Stands in for MongoDB: speaks its protocol and keeps everything in memory. */
class MongoServer {
  public static void main(String[] args) {
    var backend = new MemoryBackend();
    // The least that the client accepts.
    backend.version(new MongoVersion() {
      public List<Integer> getVersionArray() {
        return List.of(4, 4, 0);
      }

      public int getWireVersion() {
        return 9;
      }
    });
    new de.bwaldvogel.mongo.MongoServer(backend).bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("ready");
  }
}
